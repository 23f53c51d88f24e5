"""FaceMark Pro: attendance by face and QR pass, and the right guardian told the same morning."""

__version__ = "0.1.0"
