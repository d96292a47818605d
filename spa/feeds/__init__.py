"""Calendars to subscribe to: what they show, at which addresses, and who may have them."""
