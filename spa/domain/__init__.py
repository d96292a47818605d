"""The rules of the house: standard library only, knowing no Flask, no tables and no clock."""
