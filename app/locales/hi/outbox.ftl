outbox-title = आउटबॉक्स
outbox-heading = विकास के लिए आउटबॉक्स
outbox-warning = कोई मेल सर्वर तय नहीं है, इसलिए मेल यहीं रुकते हैं। यह पृष्ठ केवल यही कंप्यूटर खोल सकता है।
outbox-empty = अभी कोई मेल नहीं
outbox-empty-hint = खाता बनाएँ या सत्यापन मेल माँगें, वह यहाँ दिखेगा।
outbox-to = प्राप्तकर्ता { $address }
outbox-code = कोड
