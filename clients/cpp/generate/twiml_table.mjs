// The elements of TwiML: their attributes, and what may stand in them.
//
// attributes: names with their kind, a text unless it says number, boolean or list (words with spaces between).
// children: method=element/class(text), where text is what the element holds; text? may be left out.

export const elements = {
  VoiceResponse: {
    children: 'connect=Connect/Connect dial=Dial/Dial(number?) echo=Echo/Echo enqueue=Enqueue/Enqueue(name?) ' +
      'gather=Gather/Gather hangup=Hangup/Hangup leave=Leave/Leave pause=Pause/Pause pay=Pay/Pay play=Play/Play(url?) ' +
      'prompt=Prompt/Prompt queue=Queue/Queue(name) record=Record/Record redirect=Redirect/Redirect(url) ' +
      'refer=Refer/Refer reject=Reject/Reject say=Say/Say(message) sms=Sms/Sms(message) start=Start/Start ' +
      'stop=Stop/Stop',
  },
  AiSession: {
    attributes: 'aiConnector aiSessionConfiguration',
  },
  Application: {
    attributes: 'copyParentTo:boolean customerId method statusCallback statusCallbackEvent:list statusCallbackMethod url',
    children: 'applicationSid=ApplicationSid/ApplicationSid(sid) parameter=Parameter/Parameter',
  },
  ApplicationSid: {},
  Autopilot: {},
  Client: {
    attributes: 'method statusCallback statusCallbackEvent:list statusCallbackMethod url',
    children: 'identity=Identity/Identity(clientIdentity) parameter=Parameter/Parameter',
  },
  Conference: {
    attributes: 'beep coach endConferenceOnExit:boolean eventCallbackUrl jitterBufferSize maxParticipants:number muted:boolean ' +
      'participantLabel record recordingConfigurationId recordingStatusCallback recordingStatusCallbackEvent:list ' +
      'recordingStatusCallbackMethod region startConferenceOnEnter:boolean statusCallback statusCallbackEvent:list ' +
      'statusCallbackMethod trim waitMethod waitUrl',
  },
  Config: {
    attributes: 'name value',
  },
  Connect: {
    attributes: 'action method',
    children: 'aiSession=AiSession/AiSession autopilot=Autopilot/Autopilot(name) conversation=Conversation/Conversation ' +
      'conversationRelay=ConversationRelay/ConversationRelay ' +
      'conversationRelaySession=ConversationRelaySession/ConversationRelaySession room=Room/Room(name) ' +
      'stream=Stream/Stream virtualAgent=VirtualAgent/VirtualAgent',
  },
  Conversation: {
    attributes: 'inboundAutocreation:boolean inboundTimeout:number method record recordingStatusCallback ' +
      'recordingStatusCallbackEvent:list recordingStatusCallbackMethod routingAssignmentTimeout:number ' +
      'serviceInstanceSid statusCallback statusCallbackEvent:list statusCallbackMethod trim url',
  },
  ConversationRelay: {
    attributes: 'backgroundnoisereduction debug deepgramsmartformat dtmfDetection:boolean elevenlabsTextNormalization events ' +
      'hints ignorebackchannel intelligenceService interruptSensitivity interruptible language partialPrompts:boolean ' +
      'preemptible:boolean profanityFilter:boolean reportInputDuringAgentSpeech:boolean speechModel speechtimeout ' +
      'transcriptionLanguage transcriptionProvider ttsLanguage ttsProvider url voice welcomeGreeting ' +
      'welcomeGreetingInterruptible',
    children: 'language=Language/Language parameter=Parameter/Parameter',
  },
  ConversationRelaySession: {
    attributes: 'connector sessionConfiguration',
  },
  Dial: {
    attributes: 'action answerOnBridge:boolean callerId events hangupOnStar:boolean method passports record ' +
      'recordingConfigurationId recordingStatusCallback recordingStatusCallbackEvent:list ' +
      'recordingStatusCallbackMethod recordingTrack referMethod referUrl ringTone sequential:boolean timeLimit:number ' +
      'timeout:number trim',
    children: 'application=Application/Application(applicationSid) client=Client/Client(identity) ' +
      'conference=Conference/Conference(name) number=Number/Number(phoneNumber) queue=Queue/Queue(name) ' +
      'sim=Sim/Sim(simSid) sip=Sip/Sip(sipUrl) whatsApp=WhatsApp/WhatsApp(phoneNumber)',
  },
  Echo: {},
  Enqueue: {
    attributes: 'action maxQueueSize:number method waitUrl waitUrlMethod workflowSid',
    children: 'task=Task/Task(body)',
  },
  Gather: {
    attributes: 'action actionOnEmptyResult:boolean bargeIn:boolean debug:boolean enhanced:boolean finishOnKey hints input:list ' +
      'language maxSpeechTime:number method numDigits:number partialResultCallback partialResultCallbackMethod ' +
      'profanityFilter:boolean speechModel speechTimeout timeout:number',
    children: 'pause=Pause/Pause play=Play/Play(url?) say=Say/Say(message)',
  },
  Hangup: {
    children: 'parameter=Parameter/Parameter',
  },
  Header: {
    attributes: 'name value',
  },
  Headers: {
    children: 'header=Header/Header',
  },
  Identity: {},
  Language: {
    attributes: 'code speechModel transcriptionProvider ttsProvider voice',
  },
  Leave: {},
  Number: {
    attributes: 'amdStatusCallback amdStatusCallbackMethod byoc machineDetection machineDetectionSilenceTimeout:number ' +
      'machineDetectionSpeechEndThreshold:number machineDetectionSpeechThreshold:number ' +
      'machineDetectionTimeout:number method sendDigits statusCallback statusCallbackEvent:list statusCallbackMethod ' +
      'url',
  },
  Parameter: {
    attributes: 'name value',
  },
  Pause: {
    attributes: 'length:number',
  },
  Pay: {
    attributes: 'action bankAccountType chargeAmount currency description input language maxAttempts:number ' +
      'minPostalCodeLength:number paymentConnector paymentMethod postalCode securityCode:boolean statusCallback ' +
      'statusCallbackMethod timeout:number tokenType validCardTypes:list',
    children: 'parameter=Parameter/Parameter prompt=Prompt/Prompt',
  },
  Play: {
    attributes: 'digits loop:number',
  },
  Prompt: {
    attributes: 'attempt:list cardType:list errorType:list for requireMatchingInputs:boolean',
    children: 'pause=Pause/Pause play=Play/Play(url?) say=Say/Say(message)',
  },
  Queue: {
    attributes: 'method postWorkActivitySid reservationSid url',
  },
  Record: {
    attributes: 'action finishOnKey maxLength:number method playBeep:boolean recordingConfigurationId recordingStatusCallback ' +
      'recordingStatusCallbackEvent:list recordingStatusCallbackMethod timeout:number transcribe:boolean ' +
      'transcribeCallback trim',
  },
  Recording: {
    attributes: 'channels recordingConfigurationId recordingStatusCallback recordingStatusCallbackEvent:list ' +
      'recordingStatusCallbackMethod track trim',
  },
  Redirect: {
    attributes: 'method',
  },
  Refer: {
    attributes: 'action method',
    children: 'sip=Sip/ReferSip(sipUrl)',
  },
  ReferSip: {},
  Reject: {
    attributes: 'reason',
    children: 'parameter=Parameter/Parameter',
  },
  Room: {
    attributes: 'participantIdentity',
  },
  Say: {
    attributes: 'language loop:number voice',
    children: 'break=break/SsmlBreak emphasis=emphasis/SsmlEmphasis(words) lang=lang/SsmlLang(words) p=p/SsmlP(words) ' +
      'phoneme=phoneme/SsmlPhoneme(words) prosody=prosody/SsmlProsody(words) s=s/SsmlS(words) ' +
      'sayAs=say-as/SsmlSayAs(words) sub=sub/SsmlSub(words) w=w/SsmlW(words)',
  },
  Sim: {},
  Sip: {
    attributes: 'amdStatusCallback amdStatusCallbackMethod machineDetection machineDetectionSilenceTimeout:number ' +
      'machineDetectionSpeechEndThreshold:number machineDetectionSpeechThreshold:number ' +
      'machineDetectionTimeout:number method password statusCallback statusCallbackEvent:list statusCallbackMethod ' +
      'url username',
    children: 'headers=Headers/Headers uri=Uri/SipUri(sipUrl)',
  },
  SipUri: {
    attributes: 'password priority username weight',
  },
  Siprec: {
    attributes: 'connectorName name statusCallback statusCallbackMethod track',
    children: 'parameter=Parameter/Parameter',
  },
  Sms: {
    attributes: 'action from method statusCallback to',
  },
  SsmlBreak: {
    attributes: 'strength time',
  },
  SsmlEmphasis: {
    attributes: 'level',
    children: 'break=break/SsmlBreak emphasis=emphasis/SsmlEmphasis(words) lang=lang/SsmlLang(words) ' +
      'phoneme=phoneme/SsmlPhoneme(words) prosody=prosody/SsmlProsody(words) sayAs=say-as/SsmlSayAs(words) ' +
      'sub=sub/SsmlSub(words) w=w/SsmlW(words)',
  },
  SsmlLang: {
    attributes: 'xml:lang',
    children: 'break=break/SsmlBreak emphasis=emphasis/SsmlEmphasis(words) lang=lang/SsmlLang(words) p=p/SsmlP(words) ' +
      'phoneme=phoneme/SsmlPhoneme(words) prosody=prosody/SsmlProsody(words) s=s/SsmlS(words) ' +
      'sayAs=say-as/SsmlSayAs(words) sub=sub/SsmlSub(words) w=w/SsmlW(words)',
  },
  SsmlP: {
    children: 'break=break/SsmlBreak emphasis=emphasis/SsmlEmphasis(words) lang=lang/SsmlLang(words) ' +
      'phoneme=phoneme/SsmlPhoneme(words) prosody=prosody/SsmlProsody(words) s=s/SsmlS(words) ' +
      'sayAs=say-as/SsmlSayAs(words) sub=sub/SsmlSub(words) w=w/SsmlW(words)',
  },
  SsmlPhoneme: {
    attributes: 'alphabet ph',
  },
  SsmlProsody: {
    attributes: 'pitch rate volume',
    children: 'break=break/SsmlBreak emphasis=emphasis/SsmlEmphasis(words) lang=lang/SsmlLang(words) p=p/SsmlP(words) ' +
      'phoneme=phoneme/SsmlPhoneme(words) prosody=prosody/SsmlProsody(words) s=s/SsmlS(words) ' +
      'sayAs=say-as/SsmlSayAs(words) sub=sub/SsmlSub(words) w=w/SsmlW(words)',
  },
  SsmlS: {
    children: 'break=break/SsmlBreak emphasis=emphasis/SsmlEmphasis(words) lang=lang/SsmlLang(words) ' +
      'phoneme=phoneme/SsmlPhoneme(words) prosody=prosody/SsmlProsody(words) sayAs=say-as/SsmlSayAs(words) ' +
      'sub=sub/SsmlSub(words) w=w/SsmlW(words)',
  },
  SsmlSayAs: {
    attributes: 'format interpret-as',
  },
  SsmlSub: {
    attributes: 'alias',
  },
  SsmlW: {
    attributes: 'role',
    children: 'break=break/SsmlBreak emphasis=emphasis/SsmlEmphasis(words) phoneme=phoneme/SsmlPhoneme(words) ' +
      'prosody=prosody/SsmlProsody(words) sayAs=say-as/SsmlSayAs(words) sub=sub/SsmlSub(words)',
  },
  Start: {
    attributes: 'action method',
    children: 'recording=Recording/Recording siprec=Siprec/Siprec stream=Stream/Stream ' +
      'transcription=Transcription/Transcription',
  },
  Stop: {
    children: 'siprec=Siprec/Siprec stream=Stream/Stream transcription=Transcription/Transcription',
  },
  Stream: {
    attributes: 'audioFormat connectorName name sampleRate statusCallback statusCallbackMethod track url',
    children: 'parameter=Parameter/Parameter',
  },
  Task: {
    attributes: 'priority:number timeout:number',
  },
  Transcription: {
    attributes: 'enableAutomaticPunctuation:boolean hints inboundTrackLabel intelligenceService languageCode name ' +
      'outboundTrackLabel partialResults:boolean profanityFilter:boolean speechModel statusCallbackMethod ' +
      'statusCallbackUrl track transcriptionEngine',
    children: 'config=Config/Config parameter=Parameter/Parameter',
  },
  VirtualAgent: {
    attributes: 'connectorName language sentimentAnalysis:boolean statusCallback statusCallbackMethod',
    children: 'config=Config/Config parameter=Parameter/Parameter',
  },
  WhatsApp: {
    attributes: 'method statusCallback statusCallbackEvent:list statusCallbackMethod url',
  },
  MessagingResponse: {
    children: 'message=Message/Message(body?) redirect=Redirect/MessageRedirect(url)',
  },
  Body: {},
  Media: {},
  Message: {
    attributes: 'action from method statusCallback to',
    children: 'body=Body/Body(message) media=Media/Media(url)',
  },
  MessageRedirect: {
    attributes: 'method',
  },
};
