"""One OpenAPI document of the whole fleet, made from those of its services."""
