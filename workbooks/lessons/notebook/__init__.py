"""titanic_notebook.xlsx: the from-scratch notebook, three models on sheets of their own."""
