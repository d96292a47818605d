"""The people who come: found, made and kept right by staff."""
