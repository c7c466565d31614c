"""`python -m fleet.soak` keeps a mixed load on a fleet and tells whether anything grows that should not."""
