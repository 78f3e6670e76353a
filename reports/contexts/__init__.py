"""What pages are rendered from: one frozen dataclass a page kind, help on every field. Templates compute nothing."""
