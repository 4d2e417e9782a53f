mail-time = { $unit ->
    [hour] { $count ->
        [one] { $count } घंटे
        *[other] { $count } घंटों
    }
   *[minute] { $count ->
        [one] { $count } मिनट
        *[other] { $count } मिनट
    }
}
mail-or-open = या यह पता खोलें:
mail-or-type = या यह कोड वहाँ लिखें जहाँ आपने शुरू किया था:
mail-code = कोड
mail-verify-email-subject = अपने ई-मेल पते की पुष्टि करें
mail-verify-email-before = किसी ने, संभवतः आपने, { $product } पर { $to } को अपना ई-मेल पता बताया। क्या यह आपका है?
mail-verify-email-action = इस पते की पुष्टि करें
mail-verify-email-after =
    लिंक एक बार, { $time } तक काम करता है।
    यदि यह आप नहीं थे, तो कुछ न करें: लिंक के बिना पते की पुष्टि नहीं होती।
mail-sign-up-existing-subject = आपका खाता पहले से है
mail-sign-up-existing-before =
    किसी ने, संभवतः आपने, { $to } से { $product } पर खाता बनाने की कोशिश की।
    इस पते का खाता पहले से है, इसलिए कुछ नहीं बदला गया। पहले की तरह साइन इन करें।
mail-sign-up-existing-action = साइन इन
mail-sign-up-existing-after = यदि यह आप नहीं थे, तो कुछ करना नहीं है: जो भी था, उसे आपके खाते के बारे में कुछ पता नहीं चला।
mail-password-changed-subject = आपका पासवर्ड बदला गया
mail-password-changed-before =
    { $product } खाते { $to } का पासवर्ड { $at } पर बदला गया।
    खाते के बाकी सभी सत्र समाप्त हो गए हैं।
mail-password-changed-action = अपना खाता देखें
mail-password-changed-after = यदि यह आप नहीं थे, तो कोई और आपका पासवर्ड जानता है: इस सेवा के व्यवस्थापक को तुरंत बताएँ, और जहाँ भी इसका उपयोग करते हैं वहाँ बदलें।
mail-password-set-subject = पासवर्ड सेट किया गया
mail-password-set-before =
    { $product } खाते { $to } के लिए { $at } पर पासवर्ड सेट किया गया। इससे पहले उसका कोई पासवर्ड नहीं था।
    खाते के बाकी सभी सत्र समाप्त हो गए हैं।
mail-password-set-action = अपना खाता देखें
mail-password-set-after = यदि यह आप नहीं थे, तो कोई और आपके खाते का उपयोग कर सकता है: उसे खोलें, हर जगह से साइन आउट करें, और इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-account-deleted-subject = आपका खाता हटा दिया गया
mail-account-deleted-before =
    { $product } खाता { $to } { $at } पर किसी ऐसे व्यक्ति ने हटाया जो उसमें साइन इन था।
    साइन इन के सभी रास्ते समाप्त हो गए हैं, उसके एजेंट रुक गए हैं, और आपके बारे में जो कुछ ज्ञात था वह मिटा दिया गया है। इसके बारे में यह अंतिम मेल है।
mail-account-deleted-after = यदि यह आप नहीं थे, तो इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-reset-password-subject = नया पासवर्ड चुनें
mail-reset-password-before = किसी ने, संभवतः आपने, { $product } खाते { $to } के लिए नया पासवर्ड चुनने को कहा।
mail-reset-password-action = नया पासवर्ड चुनें
mail-reset-password-after =
    लिंक एक बार, { $time } तक काम करता है। नया मेल इसकी जगह ले लेता है।
    यदि यह आप नहीं थे, तो कुछ न करें: आपका पासवर्ड वैसा ही रहता है।
mail-enrolment-link-subject = आपके खाते के लिए लिंक बनाया गया
mail-enrolment-link-before =
    एक व्यवस्थापक ने { $at } पर एक लिंक बनाया जिससे { $product } खाते { $to } का पासवर्ड एक बार तय किया जा सकता है।
    जो आपकी मदद कर रहा है वह आपको यह देगा। यह इस मेल में नहीं है।
mail-enrolment-link-action = अपना खाता देखें
mail-enrolment-link-after = यदि आपने मदद नहीं माँगी, तो इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-device-approved-subject = एक डिवाइस को आपके खाते में अनुमति मिली
mail-device-approved-before = { $client } को { $at } पर { $product } खाते { $to } में अनुमति मिली।
mail-device-approved-action = अपना खाता देखें
mail-device-approved-after = यदि आपने इसे अपने डिवाइस पर शुरू नहीं किया, तो किसी ने आपको धोखा दिया है: इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-password-breached-subject = दूसरा पासवर्ड चुनें
mail-password-breached-before =
    { $product } खाते { $to } का पासवर्ड कहीं और से चुराए गए पासवर्डों की सूची में है।
    जहाँ तक हम जानते हैं, इससे कोई आपके खाते में नहीं घुसा, पर हमलावर ऐसे पासवर्ड पहले आज़माते हैं। दूसरा चुनें।
mail-password-breached-action = पासवर्ड बदलें
mail-password-breached-after = यदि आप यही पासवर्ड कहीं और उपयोग करते हैं, तो वहाँ भी बदलें।
mail-approval-required-subject = एक एजेंट आपकी स्वीकृति माँग रहा है
mail-approval-required-before = जिस एजेंट के लिए { $product } खाता { $to } उत्तरदायी है, वह ऐसा कुछ करना चाहता है जिसे पहले किसी व्यक्ति को स्वीकृत करना होगा।
mail-approval-required-action = देखें कि वह क्या माँग रहा है
mail-approval-required-after =
    आप { $time } तक निर्णय ले सकते हैं; उसके बाद उत्तर नहीं होगा।
    केवल वही स्वीकृत करें जिसकी आपको अपेक्षा है। आपके उत्तर के बिना कुछ नहीं होता।
mail-new-admin-subject = आप अब व्यवस्थापक हैं
mail-new-admin-before = { $product } खाते { $to } को व्यवस्थापक बनाया गया है।
mail-new-admin-action = कंसोल खोलें
mail-new-admin-after = यदि आपको इसकी अपेक्षा नहीं थी, तो इस सेवा को चलाने वाले को बताएँ।
mail-magic-link-subject = आपका साइन इन लिंक
mail-magic-link-before = कोई, संभवतः आप, { $to } से { $product } में साइन इन करना चाहता है।
mail-magic-link-action = साइन इन
mail-magic-link-after =
    लिंक और कोड एक बार, { $time } तक काम करते हैं। कोड किसी को न दें: हम इसे कभी नहीं माँगते।
    यदि यह आप नहीं थे, तो कुछ न करें: इस मेल के बिना कोई साइन इन नहीं कर सकता।
mail-email-otp-subject = आपका साइन इन कोड
mail-email-otp-before =
    कोई, संभवतः आप, { $to } से { $product } में साइन इन करना चाहता है।
    यह कोड वहाँ लिखें जहाँ आपने शुरू किया था:
mail-email-otp-after =
    कोड एक बार, { $time } तक काम करता है। इसे किसी को न दें: हम इसे कभी नहीं माँगते।
    यदि यह आप नहीं थे, तो कुछ न करें: कोड के बिना कोई साइन इन नहीं कर सकता।
mail-unproven-dropped-subject = आपके पते की पुष्टि हो गई है, और खाता केवल आपका है
mail-unproven-dropped-before =
    आपने { $to } पर भेजे मेल से { $product } में साइन इन किया। तब तक किसी ने नहीं दिखाया था कि यह पता उसका है।
    यह सुनिश्चित करने के लिए कि खाता किसी और ने न बनाया हो, उसका पासवर्ड और अंदर आने के बाकी सभी रास्ते हटा दिए गए, और बाकी सभी सत्र समाप्त हो गए हैं।
mail-unproven-dropped-action = अपना खाता देखें
mail-unproven-dropped-after = वहाँ आप नया पासवर्ड चुन सकते हैं या पासकी जोड़ सकते हैं।
mail-email-change-subject = अपने नए ई-मेल पते की पुष्टि करें
mail-email-change-before = कोई, संभवतः आप, अपने { $product } खाते के लिए { $to } का उपयोग करना चाहता है। साइन इन रहते हुए इसे खोलें:
mail-email-change-action = इस पते का उपयोग करें
mail-email-change-after =
    लिंक एक बार, { $time } तक काम करता है।
    यदि यह आप नहीं थे, तो कुछ न करें: लिंक के बिना कुछ नहीं बदलता।
mail-email-change-requested-subject = दूसरा ई-मेल पता माँगा गया
mail-email-change-requested-before = { $at } पर किसी ने, संभवतः आपने, { $product } खाते { $to } के लिए दूसरा ई-मेल पता माँगा। अभी कुछ नहीं बदला है।
mail-email-change-requested-action = अपना खाता देखें
mail-email-change-requested-after = यदि यह आप नहीं थे, तो कोई और आपके खाते में साइन इन है: हर जगह से साइन आउट करें और तुरंत अपना पासवर्ड बदलें।
mail-email-changed-subject = आपका ई-मेल पता बदला गया
mail-email-changed-before =
    जिस { $product } खाते का पता { $to } था, उसका { $at } से दूसरा पता है।
    खाते के बाकी सभी सत्र समाप्त हो गए हैं। इस पते पर इसके बारे में यह अंतिम मेल है।
mail-email-changed-action = साइन इन
mail-email-changed-after = यदि यह आप नहीं थे, तो इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-phone-changed-subject = आपका फ़ोन नंबर बदला गया
mail-phone-changed-before = { $product } खाते { $to } का फ़ोन नंबर { $at } पर बदला गया।
mail-phone-changed-action = अपना खाता देखें
mail-phone-changed-after = यदि यह आप नहीं थे, तो हर जगह से साइन आउट करें और तुरंत अपना पासवर्ड बदलें।
mail-phone-removed-subject = आपका फ़ोन नंबर हटाया गया
mail-phone-removed-before = { $product } खाते { $to } का फ़ोन नंबर { $at } पर हटाया गया।
mail-phone-removed-action = अपना खाता देखें
mail-phone-removed-after = यदि यह आप नहीं थे, तो हर जगह से साइन आउट करें और तुरंत अपना पासवर्ड बदलें।
mail-test-subject = सेटिंग जाँचने के लिए मेल
mail-test-before = { $product } के व्यवस्थापक ने यह देखने के लिए { $to } पर यह मेल भेजा कि मेल पहुँचता है या नहीं। पहुँचता है।
mail-test-action = कंसोल खोलें
mail-test-after = कुछ करना नहीं है।
sms-code = { $code } आपका { $product } कोड है। यह एक बार, { $time } तक काम करता है। इसे किसी को न दें।
sms-phone-removed = यह नंबर अब किसी { $product } खाते का नहीं है। यदि यह आप नहीं थे, तो उस सेवा के व्यवस्थापक को बताएँ।
sms-test = { $product } के व्यवस्थापक ने यह देखने के लिए भेजा कि SMS पहुँचते हैं या नहीं। पहुँचते हैं।
mail-totp-enabled-subject = दो चरणों में सत्यापन चालू है
mail-totp-enabled-before =
    { $at } पर { $product } खाते { $to } के लिए प्रमाणीकरण ऐप सेट किया गया: अब से साइन इन के लिए उसका कोड चाहिए।
    बाकी सभी सत्र समाप्त हो गए हैं।
mail-totp-enabled-action = अपना खाता देखें
mail-totp-enabled-after = यदि यह आप नहीं थे, तो कोई और आपके खाते का उपयोग कर सकता है: उसे खोलें, हर जगह से साइन आउट करें, और इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-totp-disabled-subject = दो चरणों में सत्यापन बंद है
mail-totp-disabled-before =
    { $at } पर { $product } खाते { $to } का प्रमाणीकरण ऐप और बैकअप कोड हटाए गए: साइन इन में केवल एक चरण है।
    बाकी सभी सत्र समाप्त हो गए हैं।
mail-totp-disabled-action = अपना खाता देखें
mail-totp-disabled-after = यदि यह आप नहीं थे, तो कोई और आपके खाते का उपयोग कर सकता है: उसे खोलें, हर जगह से साइन आउट करें, और इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-backup-codes-created-subject = आपके नए बैकअप कोड हैं
mail-backup-codes-created-before = { $at } पर { $product } खाते { $to } के लिए बैकअप कोड बनाए गए। पहले वाले अब बेकार हैं।
mail-backup-codes-created-action = अपना खाता देखें
mail-backup-codes-created-after = यदि यह आप नहीं थे, तो कोई और आपके खाते का उपयोग कर सकता है: उसे खोलें, हर जगह से साइन आउट करें, और इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-backup-code-used-subject = एक बैकअप कोड इस्तेमाल हुआ
mail-backup-code-used-before = { $at } पर किसी ने बैकअप कोड से { $product } खाते { $to } में साइन इन किया। वह कोड अब बेकार है।
mail-backup-code-used-action = अपना खाता देखें
mail-backup-code-used-after = यदि यह आप नहीं थे, तो कोई और आपके खाते का उपयोग कर सकता है: उसे खोलें, हर जगह से साइन आउट करें, और इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-passkey-added-subject = एक पासकी जोड़ी गई
mail-passkey-added-before = { $at } पर { $product } खाते { $to } में एक पासकी जोड़ी गई। अब से उससे साइन इन हो सकता है।
mail-passkey-added-action = अपना खाता देखें
mail-passkey-added-after = यदि यह आप नहीं थे, तो कोई और आपके खाते का उपयोग कर सकता है: उसे खोलें, हर जगह से साइन आउट करें, और इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-passkey-removed-subject = एक पासकी हटाई गई
mail-passkey-removed-before =
    { $at } पर { $product } खाते { $to } की एक पासकी हटाई गई।
    बाकी सभी सत्र समाप्त हो गए हैं।
mail-passkey-removed-action = अपना खाता देखें
mail-passkey-removed-after = यदि यह आप नहीं थे, तो कोई और आपके खाते का उपयोग कर सकता है: उसे खोलें, हर जगह से साइन आउट करें, और इस सेवा के व्यवस्थापक को तुरंत बताएँ।
mail-identity-linked-subject = साइन इन का नया तरीका जोड़ा गया
mail-identity-linked-before = { $at } से { $client } { $product } खाता { $to } खोलता है।
mail-identity-linked-action = अपना खाता देखें
mail-identity-linked-after = यदि यह आप नहीं थे, तो इसे अपने खाता पृष्ठ पर हटाएँ और अपना पासवर्ड बदलें।
mail-identity-unlinked-subject = साइन इन का एक तरीका हटाया गया
mail-identity-unlinked-before =
    { $at } से { $client } { $product } खाता { $to } नहीं खोलता।
    खाते के बाकी सभी सत्र समाप्त हो गए हैं।
mail-identity-unlinked-action = अपना खाता देखें
mail-identity-unlinked-after = यदि यह आप नहीं थे, तो कोई और आपके खाते में साइन इन है: तुरंत अपना पासवर्ड बदलें।
