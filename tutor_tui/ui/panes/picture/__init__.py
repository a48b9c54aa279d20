"""The autograd graph drawn as boxes and wires, inputs on the left and the result on the right."""
