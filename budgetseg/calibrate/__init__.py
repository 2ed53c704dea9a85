"""Cost books from measured times: what this team, with this tool, takes for each act of annotation."""
