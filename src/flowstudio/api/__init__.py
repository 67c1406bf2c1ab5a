"""What programs call: REST under `/api/v1`, one file per resource. A route translates; services decide."""
