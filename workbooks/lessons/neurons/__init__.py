"""From the neuron of 1943 to activations: gates, XOR, the perceptron, and what replaced the threshold."""
