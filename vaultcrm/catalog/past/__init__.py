"""Catalogues of a vault as it was on a day, in memory. They are made from what Git's history holds, or from the dates in the notes."""
