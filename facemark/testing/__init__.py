"""Shipped fakes and factories for the ports."""
