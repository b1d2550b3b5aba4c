# How runs and sites go, as admins see it.
site-breaker = ⏳ Not asked since { $since }: looks failed one after another ({ $reason }). One look tries it, not before { $time }
