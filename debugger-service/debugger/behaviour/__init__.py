"""How a model behaves when a text changes as little as it may: what flips its answer, and which words that rests on."""
