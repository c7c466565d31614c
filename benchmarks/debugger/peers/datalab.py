"""Prints how many seconds cleanlab's Datalab takes, given a file of features and probabilities."""

import sys
from time import perf_counter

import numpy as np
from cleanlab import Datalab


def main() -> None:
    """Audit the file that is named."""
    with np.load(sys.argv[1]) as arrays:
        labels, features, probabilities = arrays["labels"], arrays["features"], arrays["probabilities"]
    started = perf_counter()
    lab = Datalab({"label": labels}, label_name="label", verbosity=0)
    lab.find_issues(features=features, pred_probs=probabilities)
    print(perf_counter() - started)


if __name__ == "__main__":
    main()
