/** What 23 subgraphs of a railway own, three types each. */
export const DOMAINS: Readonly<Record<string, readonly [string, string, string]>> = {
  stations: ['Station', 'Platform', 'Concourse'],
  tracks: ['Track', 'Junction', 'Siding'],
  signals: ['Signal', 'Interlocking', 'Balise'],
  timetables: ['Timetable', 'Departure', 'Headway'],
  crews: ['Driver', 'Conductor', 'Roster'],
  tickets: ['Ticket', 'Fare', 'Zone'],
  passengers: ['Passenger', 'Journey', 'Reservation'],
  freight: ['Consignment', 'Manifest', 'Waybill'],
  depots: ['Depot', 'Workshop', 'Washery'],
  catering: ['Menu', 'Galley', 'Supplier'],
  weather: ['Forecast', 'Gauge', 'Alert'],
  geology: ['Embankment', 'Cutting', 'Borehole'],
  bridges: ['Bridge', 'Pier', 'Abutment'],
  tunnels: ['Tunnel', 'Portal', 'Shaft'],
  crossings: ['Crossing', 'Barrier', 'Approach'],
  telecoms: ['Mast', 'Cable', 'Exchange'],
  safety: ['Incident', 'Hazard', 'Drill'],
  training: ['Course', 'Simulator', 'Certificate'],
  archives: ['Drawing', 'Photograph', 'Ledger'],
  estates: ['Parcel', 'Easement', 'Kiosk'],
  noise: ['Microphone', 'Measurement', 'Complaint'],
  wildlife: ['Habitat', 'Fence', 'Sighting'],
  museums: ['Exhibit', 'Gallery', 'Tour'],
};

/** What a field of them may be called. */
export const ATTRIBUTES = [
  ...['name', 'title', 'summary', 'status', 'grade', 'category', 'owner', 'operator', 'region', 'district'],
  ...['length', 'width', 'height', 'depth', 'weight', 'volume', 'area', 'slope', 'radius', 'curvature'],
  ...['capacity', 'occupancy', 'load', 'speed', 'voltage', 'current', 'pressure', 'humidity', 'temperature', 'noise'],
];

/** The implementations of `Equipment`. */
export const KINDS = [
  ...['Locomotive', 'Railcar', 'Coach', 'Sleeper', 'DiningCar', 'BaggageVan', 'MailVan', 'Hopper', 'Tanker', 'Flatcar'],
  ...['Boxcar', 'Gondola', 'Refrigerator', 'AutoRack', 'WellCar', 'Caboose', 'Shunter', 'Tram', 'Draisine', 'Trolley'],
  ...[
    'Tamper',
    'Ballaster',
    'Grinder',
    'Snowplough',
    'Crane',
    'Excavator',
    'TrackLayer',
    'WireTrain',
    'Weeder',
    'Sweeper',
  ],
  ...['Turntable', 'Traverser', 'Jack', 'Gantry', 'Lathe', 'Charger', 'Transformer', 'Pump', 'Compressor', 'Generator'],
];

/** The subgraphs that each know all of `Equipment`. */
export const EQUIPMENT_SUBGRAPHS = ['fleet', 'inspections', 'repairs', 'sensors', 'energy', 'leases', 'spares'];
