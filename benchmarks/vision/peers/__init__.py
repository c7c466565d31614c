"""The servers it is compared with, each as its own documentation sets one up for CPUs."""
