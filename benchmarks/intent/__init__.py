"""The intent service: how good, how fast to train and how fast to ask, beside scikit-learn."""
