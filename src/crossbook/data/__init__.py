"""Market data in and out: recorded feeds and the formats that they are kept in."""
