### Accounts elsewhere, and wallets, that open an account here.

identities-nav = Sign-ins elsewhere
identities-title = Sign-ins elsewhere
identities-hint = Accounts at other services, and wallets, that open this account.
identities-door-hint = Sign in with an account you have elsewhere, or with a wallet.
identities-none = Nothing is connected yet
identities-none-hint = Connect an account you have elsewhere, or a wallet. From then on it opens this account too, and you have one more way in when another is lost.
identities-connect-title = Connect another
identities-connect-hint = If it was a while ago that you signed in, we first ask who you are.
identities-connect = Connect { $provider }
identities-connect-wallet = Connect an Ethereum wallet
identities-nothing-offered = This service offers no sign-ins elsewhere.
identities-wallet = Ethereum wallet
identities-since = Connected
identities-used = Last used
identities-remove-of = Remove { $what }
identities-remove = Remove
identities-remove-hint = It will not open this account any more, and your other sessions are signed out. Your account over there stays as it is.
identities-linked = Connected. It opens this account from now on.
identities-unlinked = Removed. Your other sessions were signed out.
identities-taken = This belongs to another account here already. Sign in with it and remove it there first.
identities-wallet-title = Connect a wallet
identities-google-title = Connect a Google account
identities-google-explain = Choose the Google account that is to open this account.
identities-google-no-script = Google’s button needs JavaScript. Switch it on for this page.
identities-back = Back to sign-ins elsewhere
