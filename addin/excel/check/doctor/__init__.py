"""What may be wrong between Excel and a formula, each finding with the way out."""
