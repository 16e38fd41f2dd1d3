"""Every formula, declared once: from these declarations come all hosts' functions, the help and the examples run."""
