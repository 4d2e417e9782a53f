notice-verification-sent = हमने आपको एक लिंक वाला मेल भेजा है। वह थोड़े समय के लिए मान्य है।
notice-email-verified = आपका ई-मेल पता सत्यापित है।
notice-welcome = आपका खाता तैयार है। पता सत्यापित करने के लिए हमने आपको मेल भेजा है।
notice-set-up-done = आप पहले व्यवस्थापक हैं। अब अपना पहला एजेंट बनाएँ।
notice-profile-saved = आपकी प्रोफ़ाइल सहेज ली गई है।
notice-password-changed = आपका पासवर्ड बदल गया है। दूसरे सत्रों से साइन आउट कर दिया गया।
notice-password-set = आपका पासवर्ड तय हो गया है।
notice-account-deleted = आपका खाता हटा दिया गया है।
notice-session-ended = उस सत्र से साइन आउट कर दिया गया है।
notice-other-sessions-ended = बाकी सभी सत्रों से साइन आउट कर दिया गया है।
notice-signed-out = आप साइन आउट हो गए हैं।
error-invalid-request = फ़ॉर्म पढ़ा नहीं जा सका। कृपया फिर से कोशिश करें।
error-validation-failed = कृपया चिह्नित फ़ील्ड जाँचें।
error-not-supported = यह यहाँ अभी उपलब्ध नहीं है।
error-unauthenticated = आगे बढ़ने के लिए कृपया साइन इन करें।
error-invalid-credentials = ई-मेल पता, उपयोगकर्ता नाम या पासवर्ड सही नहीं है।
error-mfa-required = कृपया पहले दूसरे चरण से साइन इन पूरा करें।
error-code-invalid = वह कोड सही नहीं है या उसकी समय-सीमा समाप्त हो गई है।
error-method-disabled = साइन इन का यह तरीका यहाँ बंद है।
error-forbidden = आपके खाते को इसकी अनुमति नहीं है।
error-reauthentication-required = आगे बढ़ने के लिए कृपया अपने पासवर्ड की पुष्टि करें।
error-origin-mismatch = अनुरोध किसी दूसरी साइट से आया, इसलिए कुछ नहीं किया गया।
error-not-found = यहाँ कुछ नहीं है, या ऐसा कुछ नहीं जो आप देख सकें।
error-method-not-allowed = यह यहाँ संभव नहीं है।
error-conflict = मौजूदा स्थिति में यह संभव नहीं है। पृष्ठ फिर से लोड करके दोबारा देखें।
error-idempotency-conflict = यह पहले दूसरी सामग्री के साथ भेजा गया था।
error-link-invalid = यह लिंक पहले ही इस्तेमाल हो चुका है या इसकी समय-सीमा समाप्त हो गई है। नया लिंक माँगें।
error-payload-too-large = यह एक बार में लेने के लिए बहुत ज़्यादा है। कृपया इसे छोटा करें।
error-unsupported-media-type = फ़ॉर्म ऐसे रूप में आया जिसे हम नहीं पढ़ते।
error-password-too-short = पासवर्ड बहुत छोटा है।
error-password-too-long = पासवर्ड बहुत लंबा है। अधिकतम 1,024 वर्ण इस्तेमाल करें।
error-password-breached = यह पासवर्ड एक डेटा लीक से ज्ञात है। कृपया दूसरा चुनें।
error-password-contextual = पासवर्ड में आपका नाम, आपका पता या इस सेवा का नाम नहीं होना चाहिए।
error-rate-limited = बहुत ज़्यादा प्रयास हुए। कृपया थोड़ी देर रुकें।
error-slow-down = बहुत जल्दी फिर से पूछा गया। कृपया कुछ सेकंड रुकें।
error-internal = हमारी ओर कुछ गड़बड़ हुई। कृपया फिर से कोशिश करें।
error-unavailable = सेवा ने समय पर उत्तर नहीं दिया। फिर से कोशिश करने से पहले देख लें कि काम हुआ या नहीं।
error-unknown = यह नहीं हो सका। कृपया फिर से कोशिश करें।
wrong-password = यह आपका पासवर्ड नहीं है।
retry-after-seconds =
    { $seconds ->
        [one] बहुत ज़्यादा प्रयास हुए। { $seconds } सेकंड बाद फिर से कोशिश करें।
       *[other] बहुत ज़्यादा प्रयास हुए। { $seconds } सेकंड बाद फिर से कोशिश करें।
    }
retry-after-minutes =
    { $minutes ->
        [one] बहुत ज़्यादा प्रयास हुए। { $minutes } मिनट बाद फिर से कोशिश करें।
       *[other] बहुत ज़्यादा प्रयास हुए। { $minutes } मिनट बाद फिर से कोशिश करें।
    }
field-identifier = अपने खाते का ई-मेल पता या उपयोगकर्ता नाम लिखें।
field-email = ई-मेल पता लिखें, जैसे name@example.com।
field-name = 1 से 100 वर्णों का नाम लिखें।
field-password = पासवर्ड लिखें।
field-account = ठीक वैसे ही लिखें जैसे फ़ील्ड के नीचे दिखाया गया है।
field-other = यह मान मान्य नहीं है।
