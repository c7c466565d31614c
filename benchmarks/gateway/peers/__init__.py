"""What gateways are compared with: programs and packages that are no part of the project."""
