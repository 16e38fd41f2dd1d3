"""titanic_linear.xlsx and titanic_two_layer.xlsx: the lesson itself."""
