# Tables of accounts that are larger than what is added at a time.
table-large =
    ⏳ { $n ->
        [one] Adding { $n } account
       *[other] Adding { $n } accounts
    }. The result comes as a message of its own; a restart does no harm.
table-busy = Your last table is still being added. Its result comes as a message; apply this one then.
