"""A local page on which one person annotates images, as a timing pilot: clicks, strokes or names, and their seconds."""
