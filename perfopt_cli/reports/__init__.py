"""A finished run for people and programs elsewhere: HTML, Markdown, SARIF, annotations, commits."""
