"""The office's own pages in the admin: the queue, one suggestion's work screen, merging, deciding, the front desk."""
