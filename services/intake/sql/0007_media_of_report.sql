-- What the console shows of a report.
CREATE INDEX media_report ON media(report, id);
