"""The buttons: what each is called, where it stands and what it does to a model."""
