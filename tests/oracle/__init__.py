"""A second judge, written from the text of the rules alone."""
from oracle.model import Oracle

__all__ = ["Oracle"]
