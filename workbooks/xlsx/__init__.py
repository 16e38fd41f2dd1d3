"""The plain-file host: read a workbook without an office program and patch values back, losing nothing else."""
