"""The part of the GPX 1.1 schema a patrol may use, order and types of elements as published."""

NS = "{http://www.topografix.com/GPX/1/1}"
SCHEMA = b"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"
 xmlns="http://www.topografix.com/GPX/1/1" targetNamespace="http://www.topografix.com/GPX/1/1"
 elementFormDefault="qualified">
 <xsd:element name="gpx"><xsd:complexType><xsd:sequence>
  <xsd:element name="metadata" minOccurs="0"><xsd:complexType><xsd:sequence>
   <xsd:element name="name" type="xsd:string" minOccurs="0"/>
   <xsd:element name="desc" type="xsd:string" minOccurs="0"/>
   <xsd:element name="time" type="xsd:dateTime" minOccurs="0"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="wpt" type="wptType" minOccurs="0" maxOccurs="unbounded"/>
  <xsd:element name="trk" minOccurs="0" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
   <xsd:element name="name" type="xsd:string" minOccurs="0"/>
   <xsd:element name="cmt" type="xsd:string" minOccurs="0"/>
   <xsd:element name="desc" type="xsd:string" minOccurs="0"/>
   <xsd:element name="trkseg" minOccurs="0" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
    <xsd:element name="trkpt" type="wptType" minOccurs="0" maxOccurs="unbounded"/>
   </xsd:sequence></xsd:complexType></xsd:element>
  </xsd:sequence></xsd:complexType></xsd:element>
 </xsd:sequence>
 <xsd:attribute name="version" type="xsd:string" use="required" fixed="1.1"/>
 <xsd:attribute name="creator" type="xsd:string" use="required"/>
 </xsd:complexType></xsd:element>
 <xsd:complexType name="wptType"><xsd:sequence>
  <xsd:element name="ele" type="xsd:decimal" minOccurs="0"/>
  <xsd:element name="time" type="xsd:dateTime" minOccurs="0"/>
  <xsd:element name="name" type="xsd:string" minOccurs="0"/>
  <xsd:element name="cmt" type="xsd:string" minOccurs="0"/>
  <xsd:element name="desc" type="xsd:string" minOccurs="0"/>
  <xsd:element name="sym" type="xsd:string" minOccurs="0"/>
  <xsd:element name="type" type="xsd:string" minOccurs="0"/>
 </xsd:sequence>
 <xsd:attribute name="lat" type="latitudeType" use="required"/>
 <xsd:attribute name="lon" type="longitudeType" use="required"/>
 </xsd:complexType>
 <xsd:simpleType name="latitudeType"><xsd:restriction base="xsd:decimal">
  <xsd:minInclusive value="-90.0"/><xsd:maxInclusive value="90.0"/>
 </xsd:restriction></xsd:simpleType>
 <xsd:simpleType name="longitudeType"><xsd:restriction base="xsd:decimal">
  <xsd:minInclusive value="-180.0"/><xsd:maxExclusive value="180.0"/>
 </xsd:restriction></xsd:simpleType>
</xsd:schema>"""
