"""From a plan to tasks in an annotation tool, and from its export back to annotations, times and grades."""
