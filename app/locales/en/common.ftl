### What many pages say.

brand-tagline = Identity for people and agents. Every decision on record.
start-page = { $brand }, start page
skip-to-content = Skip to content
go-to-start = Go to the start
language = Language
optional = Optional
or = or
copy = Copy
copy-done = Copied
pages-first = First page
pages-next = Next page

password-hint = At least { $least } characters. A few words in a row are easy to remember and hard to guess.
password-show = Show
password-hide = Hide
password-show-label = Show password
password-hide-label = Hide password

not-found-title = Not found
not-found-heading = There is nothing here
not-found-text = The address may be mistyped, or what was here is gone.

problem-title = This page could not be shown
problem-request = Request
problem-again = Try again
