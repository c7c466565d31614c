"""The other services that the catalog asks, each as it sees it."""
