/** Family names that are common in one of a dozen languages, lower case without accents. */
export const familyNames: ReadonlySet<string> = new Set(
  `
  smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts green hall
  wood jackson clarke clark lewis harris hughes edwards hill moore turner cooper ward morris watson anderson baker
  harrison morgan patel young allen mitchell phillips lee bell parker davis bennett miller cook shaw richardson
  carter collins cox bailey marshall gray khan chapman mills reid nicholson armstrong webb rogers simpson stevens hunt
  holmes palmer barnes knight ellis murray mason hussain campbell stewart wells murphy kelly byrne ryan osullivan walsh obrien
  oconnor mccarthy doyle gallagher doherty kennedy lynch quinn mcloughlin macdonald mackenzie fraser sinclair garcia
  rodriguez martinez hernandez lopez gonzalez perez sanchez ramirez torres flores rivera gomez diaz reyes cruz morales
  ortiz gutierrez chavez ramos ruiz alvarez mendoza vasquez castillo jimenez moreno romero herrera medina aguilar vargas
  fernandez castro guzman munoz rojas delgado navarro iglesias nguyen tran pham hoang wang zhang liu yang huang zhao
  wu zhou sun zhu lin gao tanaka suzuki sato takahashi watanabe ito yamamoto nakamura kim park choi singh kumar sharma gupta
  shah mehta reddy iyer das ali ahmed begum hassan malik iqbal muller mueller schmidt schneider fischer weber meyer
  wagner becker schulz hoffmann schafer schaefer koch bauer richter klein wolf schroder schroeder neumann schwarz zimmermann braun
  kruger krueger hofmann hartmann lange schmitt werner schmitz krause meier lehmann schmid schulze maier kohler koehler herrmann
  konig koenig walter mayer huber kaiser fuchs peters lang scholz moller moeller weiss jung hahn schubert vogel
  friedrich keller gunther frank berger winkler roth beck lorenz baumann franke albrecht schuster simon ludwig bohm winter kraus
  jansen devries vries bakker visser smit meijer boer mulder groot bos vos dijkstra vanderberg berg dekker leeuwen dijk brouwer
  wit dijkman hendriks jacobs haan schouten willems hoekstra koster kuipers veenstra postma verhoeven vermeulen
  peeters janssens maes claes goossens wouters degroot mertens willemsen martin bernard dubois thomas robert richard
  petit durand leroy moreau laurent michel lefebvre bertrand roux vincent fournier morel girard andre lefevre mercier
  dupont lambert bonnet francois legrand garnier faure rousseau blanc guerin muller henry roussel nicolas perrin
  morin mathieu clement gauthier dumont lopez fontaine chevalier robin rossi russo ferrari esposito bianchi romano colombo
  ricci marino greco bruno gallo conti deluca mancini costa giordano rizzo lombardi moretti barbieri fontana santoro mariani
  rinaldi caruso ferrara galli martini leone silva santos oliveira souza sousa pereira lima carvalho ferreira ribeiro almeida
  costa gomes martins araujo rodrigues alves lopes soares fernandes vieira barbosa rocha dias nunes mendes moreira cardoso
  teixeira correia pinto nowak kowalski kowalska wisniewski wisniewska wojcik kowalczyk kaminski kaminska lewandowski
  lewandowska zielinski zielinska szymanski wozniak dabrowski kozlowski jankowski mazur kwiatkowski krawczyk piotrowski
  grabowski pawlowski michalski novak svoboda novotny dvorak cerny prochazka kucera vesely horak nemec horvath kovacs
  nagy szabo toth varga kiss molnar popescu ionescu popa andersson johansson karlsson nilsson eriksson larsson
  olsson persson svensson gustafsson hansen johansen olsen larsen andersen pedersen nielsen jensen christensen
  rasmussen sorensen korhonen virtanen makinen nieminen yilmaz kaya demir sahin celik yildiz ivanov petrov smirnov
  papadopoulos okafor mensah dlamini nkosi fletcher hamilton graham gibson cole jordan reynolds fisher foster butler barker
  sullivan coleman perry powell long patterson brooks sanders price ross henderson jenkins russell griffin hayes myers
  ford hamilton wallace woods west owens harvey spencer pearson lawson austin burton hudson newman barrett bradley dunn day
  hawkins berry dean andrews fox george payne pearce stone lloyd burgess banks bishop gardner hopkins gilbert
  `
    .trim()
    .split(/\s+/),
)
