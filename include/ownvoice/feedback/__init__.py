"""What readers and authors said of answers: read from exports, protected, approved by a person, recorded as rows."""
