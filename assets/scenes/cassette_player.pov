// A portable cassette player with two loudspeakers, on a table.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 400x320

#version 3.7;
global_settings { assumed_gamma 1 }
camera { location <-1.2,2.2,-9.5> look_at <0,1,0> angle 36 right x*image_width/image_height }
light_source { <-10,20,-20> rgb 1 } light_source { <15,10,-20> rgb .35 shadowless }
plane { y, 0 pigment { wood turbulence .08 scale <.3,.3,3> rotate y*85 color_map { [0 rgb<.35,.2,.1>] [1 rgb<.5,.31,.17>] } } finish { reflection .04 } }
plane { -z, -4 pigment { rgb <.7,.68,.62> } }
#declare Case = texture { pigment { rgb .1 } finish { ambient .1 specular .4 roughness .03 reflection .03 } }
#declare Silver = texture { pigment { rgb .62 } finish { ambient .1 diffuse .6 specular .6 roughness .02 reflection .1 } }
#macro Speaker(X) union {
  cylinder { <X,.82,-.56>,<X,.82,-.5>,.6 pigment { rgb .03 } }
  torus { .58,.05 rotate x*90 translate <X,.82,-.56> texture { Silver } }
  difference { sphere { <X,.82,-.1>,.62 } plane { z, -.62 inverse } pigment { rgb .15 } }
  torus { .33,.02 rotate x*90 translate <X,.82,-.58> pigment { rgb .25 } } sphere { <X,.82,-.52>,.17 texture { Silver } }
  #local I=-6; #while (I<7) cylinder { <X-sqrt(1-pow(I/7,2))*.55,.82+I*.08,-.63>,<X+sqrt(1-pow(I/7,2))*.55,.82+I*.08,-.63>,.008 texture { Silver } } #local I=I+1; #end
} #end
union {
  box { <-2.3,.08,-.5>,<2.3,1.75,.4> texture { Case } }
  box { <-2.2,1.5,-.53>,<2.2,1.7,-.49> texture { Silver } }
  Speaker(-1.55) Speaker(1.55)
  // deck
  box { <-.75,.3,-.56>,<.75,1.3,-.48> texture { Silver } }
  box { <-.65,.55,-.58>,<.65,1.22,-.55> pigment { rgb .04 } finish { specular .5 reflection .1 } }
  box { <-.48,.64,-.6>,<.48,1.14,-.57> pigment { rgb .85 } }
  box { <-.44,.98,-.61>,<.44,1.1,-.59> pigment { rgb <.85,.3,.1> }}
  box { <-.3,.76,-.61>,<.3,.94,-.59> pigment { rgb .12 }}
  cylinder { <-.2,.85,-.625>,<-.2,.85,-.6>,.075 pigment { rgb .95 } } cylinder { <.2,.85,-.625>,<.2,.85,-.6>,.075 pigment { rgb .95 } }
  cylinder { <-.2,.85,-.63>,<-.2,.85,-.6>,.035 pigment { rgb .1 } } cylinder { <.2,.85,-.63>,<.2,.85,-.6>,.035 pigment { rgb .1 } }
  #declare I = 0; #while (I < 6) box { <-.68+.23*I,.34,-.63>,<-.49+.23*I,.48,-.55> pigment { rgb #if (I=0) <.7,.08,.05> #else .12 #end } finish { specular .4 } } #declare I = I+1; #end
  // tuner and knobs
  box { <-1,1.54,-.545>,<1,1.66,-.52> pigment { rgb <.05,.07,.05> } }
  #declare I = 0; #while (I < 18) box { <-.9+.1*I,1.56,-.55>,<-.89+.1*I,1.62,-.53> pigment { rgb .9 } } #declare I = I+1; #end
  #declare I = 0; #while (I < 3) cylinder { <1.25+.35*I,1.6,-.63>,<1.25+.35*I,1.6,-.5>,.08 texture { Silver } } cylinder { <-1.25-.35*I,1.6,-.63>,<-1.25-.35*I,1.6,-.5>,.08 texture { Silver } } #declare I = I+1; #end
  // handle
  difference { box { <-1.7,1.7,-.1>,<1.7,2.15,.05> } box { <-1.55,1.6,-.2>,<1.55,2.02,.2> } texture { Case } }
  rotate y*8 }
