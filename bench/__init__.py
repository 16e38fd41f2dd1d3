"""Speed: the kernel against PyTorch, scikit-learn and the same loop in C, all in one run (`python -m bench`)."""
