"""The yearly report as one file: DOCX for who must edit it, PDF for who passes it on."""
