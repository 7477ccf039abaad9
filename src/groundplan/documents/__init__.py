"""What people read: diagrams, runbooks, reports, workflows, container files, written from the blueprint."""
