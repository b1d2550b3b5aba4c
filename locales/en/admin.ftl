# Managing: what admins see and decide.
kept-days = sums of checks by day and site, without names
rows-site_day = daily sums
