"""What a person wrote into a card, kept when it is made again (builders.by_hand, for every finished folder has a card)."""

from builders.by_hand import kept

__all__ = ["kept"]
