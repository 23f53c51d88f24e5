"""Cameras, images and face models."""
