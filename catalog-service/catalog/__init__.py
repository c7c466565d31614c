"""Images, tags, labelings, label schemas and datasets."""
