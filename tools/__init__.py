"""Tools for those who develop FaceMark; not part of the installed product."""
